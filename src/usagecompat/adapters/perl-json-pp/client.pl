# JSON::PP, which comes with Perl, under test: what no client that is built on it can do better.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $wire = JSON::PP->new->utf8;
$| = 1;

sub answer {
    my ($run) = @_;
    my $encoded = eval { $json->encode( $json->decode( decode_base64( $run->{case}{payload} ) ) ) };
    return { rejected => { seq => $run->{seq}, message => "$@" } } unless defined $encoded;
    return { decoded => { seq => $run->{seq}, payload => encode_base64( $encoded, '' ) } };
}

sub say_it { print $wire->encode( $_[0] ), "\n" }

my $client = { name => 'Perl JSON::PP', language => 'perl', language_version => sprintf('%vd', $^V), version => "$JSON::PP::VERSION" };
while ( my $line = <STDIN> ) {
    my $command = $wire->decode($line);
    if    ( $command->{start} ) { say_it( { started => { version => 1, client => $client } } ) }
    elsif ( $command->{run} )   { say_it( answer( $command->{run} ) ) }
    else                        { last }
}
