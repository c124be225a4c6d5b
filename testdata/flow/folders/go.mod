module example.com/folders

go 1.26.0
