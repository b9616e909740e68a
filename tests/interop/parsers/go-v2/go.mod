module parser

go 1.25
