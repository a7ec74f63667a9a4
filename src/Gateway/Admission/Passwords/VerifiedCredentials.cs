namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Remembers credentials that were verified, so that a reconnect costs no slow hash. Two generations: when the younger half is full, the older
/// one is forgotten; what is used moves to the younger.</summary>
/// <param name="maxEntries">Both halves together; 0 remembers nothing.</param>
internal sealed class VerifiedCredentials(int maxEntries)
{
    private readonly Lock _lock = new();
    private readonly int _maxGeneration = (maxEntries + 1) / 2;
    private HashSet<CredentialKey> _young = [];
    private HashSet<CredentialKey> _old = [];

    internal int Count => _young.Count + _old.Count;

    public bool Contains(CredentialKey key)
    {
        lock (_lock)
        {
            if (_young.Contains(key))
                return true;
            if (!_old.Remove(key))
                return false;
            AddYoung(key);
            return true;
        }
    }

    public void Add(CredentialKey key)
    {
        if (maxEntries == 0)
            return;
        lock (_lock)
        {
            _old.Remove(key);
            AddYoung(key);
        }
    }

    private void AddYoung(CredentialKey key)
    {
        if (_young.Count >= _maxGeneration)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
        _young.Add(key);
    }
}
