# An image of this package, built from a checkout, and an app of yours:
#   docker build -t my-app --build-arg APP=deploy/app.ts .
#   docker run -p 7860:7860 -p 50000:50000/udp -e FASTRTC_PUBLIC_ADDRESSES=203.0.113.7 my-app
# An app that `fastrtc init` made has a Dockerfile of its own.
FROM node:22-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci && npm run build && npm pack --ignore-scripts --pack-destination /tmp

FROM node:22-bookworm-slim AS install
WORKDIR /app
COPY --from=build /tmp/fastrtc-*.tgz /tmp/
RUN echo '{ "private": true, "type": "module" }' > package.json \
    && npm install --omit=dev --ignore-scripts --no-audit --no-fund /tmp/fastrtc-*.tgz \
    && npm cache clean --force

FROM node:22-bookworm-slim
ARG APP=deploy/app.ts
WORKDIR /app
COPY --from=install /app .
COPY ${APP} app.ts
# One UDP port for all calls. Tell the address that clients reach it at with FASTRTC_PUBLIC_ADDRESSES.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=7860 FASTRTC_UDP_PORT=50000
EXPOSE 7860/tcp 50000/udp
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself, not npm: SIGTERM must reach it. `docker stop --time 630` leaves running calls the time to end.
CMD ["node", "node_modules/fastrtc/dist/cli/fastrtc.js", "serve", "app.ts", "--drain-timeout", "600"]
