module example.com/envflag

go 1.26.0
