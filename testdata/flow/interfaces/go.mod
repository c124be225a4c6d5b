module example.com/interfaces

go 1.26.0
