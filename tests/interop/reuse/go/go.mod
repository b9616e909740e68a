module check

go 1.24

require (
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	usagecompat/fixtures v0.0.0
	usagecompat/schemas v0.0.0
)

require golang.org/x/text v0.14.0 // indirect

replace (
	usagecompat/fixtures => ../../../../fixtures
	usagecompat/schemas => ../../../../schemas
)
