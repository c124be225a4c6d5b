module example.com/crlf

go 1.26.0
