module example.com/selves

go 1.26.0
