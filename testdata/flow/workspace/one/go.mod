module example.com/one

go 1.26.0

require example.com/two v0.0.0
