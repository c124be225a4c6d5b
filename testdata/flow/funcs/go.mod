module example.com/funcs

go 1.26.0
