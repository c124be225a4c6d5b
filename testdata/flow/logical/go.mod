module example.com/logical

go 1.26.0
