module usagecompat/adapter

go 1.22
