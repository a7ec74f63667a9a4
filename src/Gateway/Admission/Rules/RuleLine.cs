namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>The words of one line. Separated by spaces or tabs; a word in double quotes may have spaces in it (a quote inside is doubled).</summary>
internal ref struct RuleLine(string text)
{
    private ReadOnlySpan<char> _rest = text.AsSpan().Trim();

    /// <summary>The next word; null at the end of the line, or when a quote is not closed.</summary>
    public string? ReadWord()
    {
        if (_rest is ['"', ..])
            return ReadQuoted();
        int end = _rest.IndexOfAny(' ', '\t');
        var word = end < 0 ? _rest : _rest[..end];
        _rest = _rest[word.Length..].TrimStart();
        return word.IsEmpty ? null : word.ToString();
    }

    /// <summary>What is left of the line: a filter, which may have spaces in it without quotes.</summary>
    public string? ReadRest()
    {
        if (_rest is ['"', ..])
        {
            string? word = ReadQuoted();
            return _rest.IsEmpty ? word : null;
        }
        string? rest = _rest.IsEmpty ? null : _rest.ToString();
        _rest = default;
        return rest;
    }

    private string? ReadQuoted()
    {
        for (int i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] != '"')
                continue;
            if (i + 1 < _rest.Length && _rest[i + 1] == '"')
            {
                i++;
                continue;
            }
            string word = _rest[1..i].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
            _rest = _rest[(i + 1)..].TrimStart();
            return word;
        }
        return null;
    }
}
