import express, { type Express } from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import { Problem } from '../domain/problems';
import { authenticate } from './auth/authenticate';
import { rememberOwners } from './auth/remember-owners';
import type { ApiDeps } from './deps';
import { accessLog } from './http/access-log';
import { jsonBody } from './http/body';
import { allowOrigins } from './http/cross-origin';
import { errorHandler } from './http/error-handler';
import { mount } from './http/mount';
import { limitRate } from './http/rate-limit';
import { requestId } from './http/request-id';
import { measure } from './http/request-metrics';
import { publicRoute, type Route } from './http/route';
import { docsPage } from './openapi/docs-page';
import { openApiDocument } from './openapi/document';
import { allRoutes } from './routes/all';

/** The Express app over its dependencies; it opens nothing and listens nowhere. */
export function createApp(deps: ApiDeps): Express {
  const { config } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.TRUST_PROXY);

  app.use(requestId, measure, accessLog(deps.logger), secureHeaders());
  app.use(docsPage());
  // First of all: pages are to be able to read refusals too, and their browser asks beforehand without a token.
  app.use('/api', allowOrigins(config.ALLOWED_ORIGINS));
  app.use('/api', noStore, authenticate(deps.verifyToken, config), limitRate(config.RATE_LIMIT_PER_MINUTE));
  app.use('/api', rememberOwners(deps.database, deps.logger));
  app.use(...jsonBody());
  mount(app, withDocument(allRoutes(deps), config.AUTH_COOKIE));
  app.use((request) => {
    throw new Problem('not-found', `There is nothing at ${request.path.slice(0, 200)}. See /openapi.json.`);
  });
  app.use(errorHandler(deps.logger));
  return app;
}

function secureHeaders() {
  // Whether to speak https is the proxy's affair: on a developer's machine this would break every page.
  return helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
}

/** Answers are somebody's own. */
const noStore: express.RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

/** Adds the route of the document, which the document has in it too. */
function withDocument(routes: readonly Route[], cookie: string | undefined): Route[] {
  const documentRoute = publicRoute({
    method: 'get',
    path: '/openapi.json',
    tag: 'operations',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
    handle: async () => ({ status: 200, body: document }),
  });
  const all = [...routes, documentRoute];
  const document = openApiDocument(all, cookie);
  return all;
}
