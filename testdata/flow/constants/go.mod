module example.com/constants

go 1.26.0
