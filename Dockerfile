# The program for production, without its servers; docker-compose.yml runs it beside PostgreSQL and Redis.
FROM node:22-slim AS frontend
WORKDIR /luodi
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LUODI_HOME=/data LUODI_MODE=production LUODI_BIND=0.0.0.0
WORKDIR /luodi
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY --from=frontend /luodi/node_modules node_modules
COPY . .
RUN python script/messages --compile \
    && useradd --system --home-dir /data --create-home luodi
USER luodi
VOLUME /data
EXPOSE 8000
CMD ["sh", "-c", "python manage.py collectstatic --noinput --verbosity=0 && exec gunicorn --config config/gunicorn.py"]
