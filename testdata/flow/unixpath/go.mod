module example.com/unixpath

go 1.24
