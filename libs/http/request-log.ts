import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

/**
 * Gives each request a log that names it, made when the request first has something to say: most have only their one line,
 * which names them anyway, and making a log costs more than writing that.
 */
export function addRequestLogs(app: FastifyInstance): void {
  app.setChildLoggerFactory((logger, bindings, options) => new RequestLog(() => logger.child(bindings, options)))
}

class RequestLog implements FastifyBaseLogger {
  readonly #make: () => FastifyBaseLogger
  #made: FastifyBaseLogger | undefined
  constructor(make: () => FastifyBaseLogger) {
    this.#make = make
  }
  get #log(): FastifyBaseLogger {
    return (this.#made ??= this.#make())
  }
  get level(): FastifyBaseLogger['level'] {
    return this.#log.level
  }
  set level(level) {
    this.#log.level = level
  }
  get fatal(): FastifyBaseLogger['fatal'] {
    return this.#log.fatal.bind(this.#log)
  }
  get error(): FastifyBaseLogger['error'] {
    return this.#log.error.bind(this.#log)
  }
  get warn(): FastifyBaseLogger['warn'] {
    return this.#log.warn.bind(this.#log)
  }
  get info(): FastifyBaseLogger['info'] {
    return this.#log.info.bind(this.#log)
  }
  get debug(): FastifyBaseLogger['debug'] {
    return this.#log.debug.bind(this.#log)
  }
  get trace(): FastifyBaseLogger['trace'] {
    return this.#log.trace.bind(this.#log)
  }
  get silent(): FastifyBaseLogger['silent'] {
    return this.#log.silent.bind(this.#log)
  }
  get child(): FastifyBaseLogger['child'] {
    return this.#log.child.bind(this.#log)
  }
}
