namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>The levels of a topic name or filter, one after the other; levels may be empty.</summary>
internal ref struct LevelReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private bool _ended;

    /// <summary>False after the last level.</summary>
    public bool TryRead(out ReadOnlySpan<byte> level)
    {
        if (_ended)
        {
            level = default;
            return false;
        }
        int slash = _rest.IndexOf((byte)'/');
        _ended = slash < 0;
        level = _ended ? _rest : _rest[..slash];
        _rest = _ended ? default : _rest[(slash + 1)..];
        return true;
    }
}
