# Says what JSON::PP reads in each payload named on standard input.
use strict;
use warnings;
use B;
use JSON::PP;

my $json = JSON::PP->new->utf8->allow_nonref->allow_bignum;

sub hex_of {
    my ($text) = @_;
    return join '', map { $_ > 0xFFFF ? sprintf('%04x%04x', 0xD800 + (($_ - 0x10000) >> 10), 0xDC00 + (($_ - 0x10000) & 0x3FF)) : sprintf('%04x', $_) } map { ord } split //, $text;
}

sub told {
    my ($value) = @_;
    return 'n' unless defined $value;
    return $value ? 't' : 'f' if JSON::PP::is_bool($value);
    return '[' . join(',', map { told($_) } @$value) . ']' if ref $value eq 'ARRAY';
    return '{' . join(',', sort map { 's' . hex_of($_) . ':' . told($value->{$_}) } keys %$value) . '}' if ref $value eq 'HASH';
    if (ref $value eq 'Math::BigInt') {
        my $near = Math::BigInt->new(sprintf '%.0f', 0 + "$value");
        return $near == $value ? 'd' . unpack('H*', pack('d>', 0 + "$value")) : 'i' . ($value < 0 ? '-' : '') . substr($value->copy->babs->as_hex, 2);
    }
    $value = 0 + "$value" if ref $value;
    my $flags = B::svref_2object(\$value)->FLAGS;
    return 's' . hex_of($value) if $flags & B::SVf_POK;
    return 'd' . unpack('H*', pack('d>', $value == 0 ? 0 : $value)) if !($flags & B::SVf_IOK) || abs($value) <= 2**53;
    my $double = unpack('d>', pack('d>', $value));
    return sprintf('%.0f', $double) eq "$value" ? 'd' . unpack('H*', pack('d>', $value)) : ($value < 0 ? sprintf('i-%x', -$value) : sprintf('i%x', $value));
}

while (my $path = <STDIN>) {
    chomp $path;
    open my $file, '<:raw', $path or die "$path: $!";
    local $/;
    my $payload = <$file>;
    local $SIG{__WARN__} = sub { };
    my $answer = eval { told($json->decode($payload)) };
    print defined $answer ? $answer : 'refused', "\n";
    $/ = "\n";
}
