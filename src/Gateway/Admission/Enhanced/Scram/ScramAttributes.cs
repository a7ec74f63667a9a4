using System.Text;
using System.Text.Unicode;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>Reads the attributes of a message, <c>X=value</c> separated by commas (RFC 5802 section 5.1), one after the other.</summary>
internal ref struct ScramAttributes(ReadOnlySpan<char> text)
{
    // All that RFC 5802 gives a meaning: none of them is an extension, which the reader of a message may ignore.
    private const string Reserved = "amnrsicpve";

    private ReadOnlySpan<char> _rest = text;
    private bool _ended;

    public readonly bool IsDone => _ended;

    /// <summary>Text of a message; null when it is not UTF-8 or has U+0000.</summary>
    public static string? Decode(ReadOnlySpan<byte> message) => Utf8.IsValid(message) && !message.Contains((byte)0) ? Encoding.UTF8.GetString(message) : null;

    /// <summary>The value of the next attribute, which must be this one and not empty.</summary>
    public bool TryRead(char name, out ReadOnlySpan<char> value)
    {
        value = default;
        if (!TryReadAny(out char found, out var read) || found != name)
            return false;
        value = read;
        return true;
    }

    /// <summary>What is left may be extensions only: each is ignored.</summary>
    public bool SkipExtensions()
    {
        while (!IsDone)
        {
            if (!TryReadAny(out char name, out _) || Reserved.Contains(name, StringComparison.Ordinal))
                return false;
        }
        return true;
    }

    private bool TryReadAny(out char name, out ReadOnlySpan<char> value)
    {
        name = default;
        value = default;
        if (_ended)
            return false;
        int comma = _rest.IndexOf(',');
        var attribute = comma < 0 ? _rest : _rest[..comma];
        _ended = comma < 0;
        _rest = _ended ? default : _rest[(comma + 1)..];
        if (attribute.Length < 3 || !char.IsAsciiLetter(attribute[0]) || attribute[1] != '=')
            return false;
        name = attribute[0];
        value = attribute[2..];
        return true;
    }
}
