// Command godotenv puts a file into the environment with
// github.com/joho/godotenv.
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"

	"github.com/joho/godotenv"
)

func getEnv(key, fallback string) string {
	if value, ok := os.LookupEnv(key); ok {
		return value
	}
	return fallback
}

func main() {
	if err := godotenv.Load(); err != nil {
		log.Print("no .env file")
	}
	local, err := godotenv.Read("/etc/demo.env")
	if err != nil {
		log.Fatal(err)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	admin, ok := local["ADMIN_ADDR"]
	if !ok {
		admin = "localhost:6060"
	}
	go http.ListenAndServe(getEnv("METRICS_ADDR", ":9100"), nil)       // want listen safe address=env:METRICS_ADDR=":9100" address=file:METRICS_ADDR=":9100"
	go http.ListenAndServe(cmp.Or(os.Getenv("WS_ADDR"), ":8546"), nil) // want listen safe address=env:WS_ADDR=":8546" address=file:WS_ADDR=":8546"
	go http.ListenAndServe(local["RPC_ADDR"], nil)                     // want listen safe address=file:RPC_ADDR
	go http.ListenAndServe(admin, nil)                                 // want listen safe address=file:ADMIN_ADDR="localhost:6060"
	log.Fatal(http.ListenAndServe(":"+port, nil))                      // want listen safe port=env:PORT="8080" port=file:PORT="8080"
}
