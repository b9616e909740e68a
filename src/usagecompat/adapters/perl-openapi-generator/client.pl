# A Perl client made by OpenAPI Generator under test: perl -I GENERATED/lib client.pl REVISION
use strict;
use warnings;
use JSON;    # what the generated client itself uses
use MIME::Base64;
use WWW::OpenAPIClient::Object::UsageResponse;

my $revision = shift;
my $json     = JSON->new->utf8->canonical->convert_blessed;
my $wire     = JSON->new->utf8;
$| = 1;

sub answer {
    my ($run) = @_;
    my $encoded = eval {
        my $payload = decode_base64( $run->{case}{payload} );
        $json->encode( WWW::OpenAPIClient::Object::UsageResponse->new->from_hash( decode_json($payload) ) );
    };
    return { rejected => { seq => $run->{seq}, message => "$@" } } unless defined $encoded;
    return { decoded => { seq => $run->{seq}, payload => encode_base64( $encoded, '' ) } };
}

sub say_it { print $wire->encode( $_[0] ), "\n" }

my $client = {
    name     => "OpenAPI Generator perl $revision",
    language => 'perl',
    version  => '7.26.0',
    language_version => sprintf('%vd', $^V),
    homepage => 'https://openapi-generator.tech',
    issues   => 'https://github.com/OpenAPITools/openapi-generator/issues',
};
while ( my $line = <STDIN> ) {
    my $command = $wire->decode($line);
    if    ( $command->{start} ) { say_it( { started => { version => 1, client => $client, features => { shapes => ['page'] } } } ) }
    elsif ( $command->{run} )   { say_it( answer( $command->{run} ) ) }
    else                        { last }
}
