import { once } from 'node:events'
import http from 'node:http'
import { text } from 'node:stream/consumers'

export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface KeepAliveClient extends Disposable {
  request(url: string, options: http.RequestOptions, body?: string): Promise<HttpAnswer>
}

/** The least that a request takes: connections that stay open, and nothing around them. The machine measures itself. */
export function keepAliveClient(): KeepAliveClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity })
  return {
    request: async (url, options, body) => {
      const request = http.request(url, { ...options, agent })
      request.end(body)
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}
