module example.com/twins

go 1.26.0

require example.com/web v1.0.0
