# syntax=docker/dockerfile:1
# One image for every service; the command chooses which. Built and run by docker-compose.yml, or by hand:
#   docker build -t statement-ledger .
#   docker run --env KAFKA_BROKERS=… --env DATABASE_URL=… statement-ledger dist/services/projector/server.js

ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are the PostgreSQL of `npm start`; containers have their own.
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.start.json ./
COPY libs libs
COPY services services
COPY seeds seeds
RUN npx tsc -p tsconfig.start.json
# What is read at run time beside the compiled code: SQL, seeds, pages.
RUN mkdir /assets \
 && find libs services seeds -type f ! -name '*.ts' ! -name '*.md' -exec cp --parents -t /assets {} +

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="statement-ledger" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    HEALTH_URL=http://127.0.0.1:4000/health/ready
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /assets ./
COPY --from=build /app/dist dist
# A named volume that is mounted here belongs to who runs the services: the development key is kept in it.
RUN install -d -o node -g node -m 0700 /var/lib/ledger
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node"]
CMD ["dist/services/api/server.js"]
