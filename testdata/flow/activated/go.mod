module example.com/activated

go 1.26.0
