module example.com/env

go 1.26.0
