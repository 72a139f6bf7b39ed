import { dirname } from 'node:path';
import express, { Router } from 'express';

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <title>Booking Saga API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/show.js"></script>
</body>
</html>
`;

const SHOW = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true });
`;

/** Swagger UI at `/docs`, from this machine and without inline scripts, so that the content policy can stay strict. */
export function docsPage(): Router {
  const router = Router();
  router.get('/docs', (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/docs/show.js', (_request, response) => {
    response.type('js').send(SHOW);
  });
  const files = dirname(require.resolve('swagger-ui-dist/package.json'));
  router.use('/docs', express.static(files, { index: false, extensions: false }));
  return router;
}
