module example.com/concurrency

go 1.26.0
