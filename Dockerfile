# Three images: `asterisk`, `burgernet`, and `phonenet` for the demo (docker-compose.yml).

# ---------------------------------------------------------------- one user for all images, and its folders
FROM debian:forky-slim AS base
RUN groupadd --gid 10001 burgernet \
    && useradd --uid 10001 --gid burgernet --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin burgernet \
    && install -d -o burgernet -g burgernet -m 0750 /data /data/sounds /backup \
       /asterisk /asterisk/etc /asterisk/lib /asterisk/run /asterisk/log /asterisk/spool /asterisk/spool/recording

# ---------------------------------------------------------------- Asterisk
FROM base AS asterisk-program
# WORKAROUND: an outdated mirror serves an expired Release file. Its signatures are still checked
# (see ACCEPT_EXPIRED_RELEASE in scripts/lib/apt.mjs)
RUN apt-get -o Acquire::Check-Valid-Until=false update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends asterisk \
    && rm -rf /etc/asterisk /var/lib/asterisk /var/spool/asterisk /var/log/* /var/cache/* /var/lib/apt/lists/* \
       /usr/share/asterisk/conf /usr/share/asterisk/sounds /usr/share/doc /usr/share/man /usr/share/info \
    && ln -s /usr/lib/*/asterisk/modules /usr/lib/asterisk-modules
COPY scripts/lib/asterisk-version.mjs docker/check-asterisk-version /usr/local/lib/burgernet/
# The build refuses an older Asterisk, as the service does.
# --build-arg BURGERNET_ALLOW_OLD_ASTERISK=1 accepts it.
ARG BURGERNET_ALLOW_OLD_ASTERISK=0
RUN /usr/local/lib/burgernet/check-asterisk-version

FROM asterisk-program AS asterisk
COPY docker/asterisk-start docker/asterisk-healthy /usr/local/bin/
COPY sounds /app/sounds
USER burgernet
WORKDIR /asterisk
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["asterisk-healthy"]
CMD ["asterisk-start"]

# ---------------------------------------------------------------- the program, compiled
FROM node:24-trixie AS build
WORKDIR /app
ENV npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false \
    # the headers of this very Node, so that compiling downloads nothing
    npm_config_nodedir=/usr/local \
    # WORKAROUND: better-sqlite3 is compiled with a guard; object-wrap-without-hooks.h says why
    npm_config_build_from_source=better-sqlite3 CXXFLAGS="-include /usr/local/include/object-wrap-without-hooks.h"
# WORKAROUND: this npm accepts a lock file without download URLs. Some versions that come with Node 24 do not.
RUN npm install --global --prefer-offline npm@11.19.1
COPY scripts/lib/object-wrap-without-hooks.h /usr/local/include/
COPY package.json package-lock.json ./
RUN npm ci --prefer-offline \
    && ! grep --quiet RemoveEnvironmentCleanupHook node_modules/better-sqlite3/build/Release/better_sqlite3.node
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/lib scripts/lib
COPY src src
RUN node -e "import('/app/scripts/lib/build.mjs').then(({ makeBuildReady }) => makeBuildReady('/app'))" \
    && npm prune --omit=dev \
    && cd node_modules/better-sqlite3 \
    && mv build/Release/better_sqlite3.node .. && rm -rf deps src build && mkdir -p build/Release \
    && mv ../better_sqlite3.node build/Release/
# Everything that the program needs at run time, in one folder.
COPY asterisk-config asterisk-config
COPY migrations migrations
COPY sounds sounds
RUN mkdir -p /out/scripts \
    && cp -r package.json node_modules dist migrations sounds asterisk-config /out/ \
    && cp -r scripts/lib /out/scripts/lib \
    && find /out/dist /out/node_modules -name '*.map' -delete \
    && find /out/node_modules -name '*.d.ts' -delete

# ---------------------------------------------------------------- Burgernet
FROM base AS burgernet
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out /app
COPY docker/burgernet /usr/local/bin/
USER burgernet
WORKDIR /tmp
ENV HOME=/tmp NODE_ENV=production
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 CMD ["node", "/app/dist/cli/ready.js"]
# Runs under the watchdog, because Docker restarts a container that exited, but not one that is unhealthy.
CMD ["node", "/app/dist/supervise.js"]

# ---------------------------------------------------------------- the simulated phone network and the demo
FROM asterisk-program AS phonenet
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out /app
COPY docker/burgernet /usr/local/bin/
USER burgernet
WORKDIR /tmp
ENV HOME=/tmp
CMD ["burgernet", "demo", "--service", "http://burgernet:8080", "--registrar", "asterisk:5060"]
