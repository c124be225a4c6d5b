module example.com/threepkg

go 1.26.0
