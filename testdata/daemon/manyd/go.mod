module example.com/manyd

go 1.25.0
