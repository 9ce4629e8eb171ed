# The assistant with all its adapters. Data lies in /data; settings come from the environment.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY crm_core crm_core
COPY bot bot
COPY adapters adapters
RUN /venv/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
RUN useradd --create-home crm && install -d -o crm /data
COPY --from=build /venv /venv
COPY config /config
USER crm
WORKDIR /data
ENV PATH=/venv/bin:$PATH \
    CRM_CONFIG_DIR=/config \
    CRM_DATABASE__URL=sqlite+aiosqlite:////data/crm.db \
    CRM_PATHS__CACHE=/data/cache
VOLUME /data
CMD ["crm", "serve"]
