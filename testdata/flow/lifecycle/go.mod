module example.com/lifecycle

go 1.26.0
