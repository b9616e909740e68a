module usagecompat/schemas

go 1.21
