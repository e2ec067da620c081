import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { securityHeaders } from './security-headers.js'

/**
 * `/docs`: the OpenAPI document as a page, by Swagger UI, from this server alone. Its files are served here rather than by
 * the plugin that exists for it: four files need no file server, and what that one brings no longer supports our oldest Node.
 */
export function addDocsPage(app: FastifyInstance, title: string): void {
  const files: Record<string, [type: string, body: string | Buffer]> = {
    '/docs': ['text/html; charset=utf-8', pageOf(title)],
    '/docs/start.js': ['text/javascript; charset=utf-8', START],
    '/docs/swagger-ui.css': ['text/css; charset=utf-8', assetOf('swagger-ui.css')],
    '/docs/swagger-ui-bundle.js': ['text/javascript; charset=utf-8', assetOf('swagger-ui-bundle.js')],
  }
  const headers = securityHeaders({ contentSecurityPolicy: { useDefaults: false, directives: POLICY } })
  for (const [url, [type, body]] of Object.entries(files)) {
    const etag = `"${createHash('sha1').update(body).digest('base64url')}"`
    app.get(url, { config: { scope: 'public' }, schema: { hide: true } }, (request, reply) => {
      void reply.headers(headers).header('etag', etag).header('cache-control', 'no-cache')
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type(type).send(body)
    })
  }
}

/**
 * Scripts, styles and requests of this server only. Inline styles are allowed, since Swagger UI puts its drawings' styles
 * into attributes; inline scripts and eval are not.
 */
const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

/** Addresses are relative, so that the page works behind a proxy that puts a path before them. */
const pageOf = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

const START =
  "SwaggerUIBundle({ url: 'openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null, docExpansion: 'list' })\n"

const ASSETS = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const assetOf = (name: string): Buffer => readFileSync(path.join(ASSETS, name))
