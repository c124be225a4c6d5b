module example.com/takers

go 1.26.0
