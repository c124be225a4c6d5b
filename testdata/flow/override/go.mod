module example.com/override

go 1.26.0
