namespace OrleansBroker.Silo.CommandLine;

/// <summary>Splits <c>--name=value</c> and <c>--name value</c>.</summary>
internal struct ArgumentReader(string[] arguments)
{
    private int _next;

    /// <summary>The name with its dashes, and the value if it stands in the same argument.</summary>
    public bool TryReadName(out string name, out string? value)
    {
        name = "";
        value = null;
        if (_next == arguments.Length)
            return false;
        string argument = arguments[_next++];
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        bool hasValue = equals >= 0 && argument.StartsWith("--", StringComparison.Ordinal);
        name = hasValue ? argument[..equals] : argument;
        value = hasValue ? argument[(equals + 1)..] : null;
        return true;
    }

    /// <summary>The next argument, unless it is the next name.</summary>
    public string? ReadValue() =>
        _next < arguments.Length && !arguments[_next].StartsWith("--", StringComparison.Ordinal) ? arguments[_next++] : null;
}
