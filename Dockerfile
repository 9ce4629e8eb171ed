# The assistant with all its adapters. Data lies in /data; settings come from the environment.
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY crm_core crm_core
COPY bot bot
COPY adapters adapters
COPY config config
RUN useradd --create-home crm && install -d -o crm /data
USER crm
ENV PYTHONUNBUFFERED=1 \
    CRM_DATABASE__URL=sqlite+aiosqlite:////data/crm.db \
    CRM_PATHS__CACHE=/data/cache \
    CRM_PATHS__SPOOL=/data/spool
VOLUME /data
ENTRYPOINT ["python", "-m", "adapters.cli"]
CMD ["serve"]
