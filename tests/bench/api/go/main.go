// A bare handler over net/http and pgx: reads one row by its key and sends its JSON, with no guard, no log, no ETag.
// The benchmark measures it beside the api where Go is installed. PORT and DATABASE_URL are in the environment.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const readPosition = `
select body
  from generation_1.position
 where actor = $1
   and matter = $2
   and facet = $3`

func main() {
	// one core, like the others
	runtime.GOMAXPROCS(1)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = 10
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	http.HandleFunc("GET /health/ready", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("GET /v1/positions/{actor}/{matter}/{facet}", positionHandler(pool))
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT")}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func positionHandler(pool *pgxpool.Pool) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		var body []byte
		row := pool.QueryRow(request.Context(), readPosition,
			request.PathValue("actor"), request.PathValue("matter"), request.PathValue("facet"))
		switch err := row.Scan(&body); {
		case errors.Is(err, pgx.ErrNoRows):
			http.NotFound(answer, request)
		case err != nil:
			http.Error(answer, "not now", http.StatusServiceUnavailable)
		default:
			answer.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = answer.Write(body)
		}
	}
}
