# syntax=docker/dockerfile:1
# One small image for every role of the product; ROLE in the environment says which one a container plays.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY . .
# Compiles, and bundles the workflows, so that a worker starts without webpack at work.
RUN node scripts/run.mjs build && node dist/scripts/bundle.js

FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Prisma's tools count as optional and stay out, as does Temporal's native part for other systems: 257 MB of 632 remain.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --no-audit --no-fund \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM node:22-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/consumers/email-notification/templates ./consumers/email-notification/templates
COPY package.json ./
USER node
EXPOSE 3000
# Node without npm around it, so that SIGTERM reaches the product and it drains.
CMD ["node", "--enable-source-maps", "dist/scripts/serve.js"]
