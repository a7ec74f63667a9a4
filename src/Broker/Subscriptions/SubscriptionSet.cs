using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>
/// The subscriptions of one session, by filter; the authority that routes are checked against. Most sessions hold a
/// few, so an array serves until <see cref="IndexedFrom"/>, and nothing is allocated before the first.
/// </summary>
public sealed class SubscriptionSet
{
    /// <summary>Above this many a scan of the array costs more than two hash look-ups (about 8 × 1 ns against 10 ns).</summary>
    private const int IndexedFrom = 8;

    private Subscription[] _items = [];
    private Dictionary<string, int>? _byFilter;
    private HashSet<uint>? _versions;
    private uint _lastVersion;

    public int Count { get; private set; }

    /// <summary>Shared ones among <see cref="Count"/>.</summary>
    public int SharedCount { get; private set; }

    public ReadOnlySpan<Subscription> Items => _items.AsSpan(0, Count);

    public bool TryGet(TopicFilter filter, [NotNullWhen(true)] out Subscription? subscription)
    {
        var index = IndexOf(filter.Text);
        subscription = index < 0 ? null : _items[index];
        return subscription is not null;
    }

    /// <summary>Adds the subscription, or replaces the one with the same filter [MQTT5-3.8.4-3] [MQTT311-3.8.4-3].</summary>
    public Subscription Put(TopicFilter filter, SubscriptionOptions options)
    {
        var index = IndexOf(filter.Text);
        var subscription = new Subscription(filter, options, ++_lastVersion, index < 0 ? 0 : _items[index].Version);
        Place(index, subscription);
        return subscription;
    }

    /// <summary>Puts back a subscription as it was recorded; of several with one filter the newest stays.</summary>
    /// <returns>The older one of the same filter, which is not held; null for none.</returns>
    public Subscription? Restore(Subscription subscription)
    {
        _lastVersion = Math.Max(_lastVersion, subscription.Version);
        var index = IndexOf(subscription.Filter.Text);
        var other = index < 0 ? null : _items[index];
        if (other is not null && other.Version > subscription.Version) return subscription;
        if (other is not null) _versions?.Remove(other.Version);
        Place(index, subscription);
        return other;
    }

    /// <summary>The version was used before: later ones are higher.</summary>
    public void Skip(uint version) => _lastVersion = Math.Max(_lastVersion, version);

    /// <summary>Gives the subscription a new version in place: routes with an older one bring nothing any more.</summary>
    public Subscription Renew(Subscription subscription)
    {
        var index = IndexOf(subscription.Filter.Text);
        _versions?.Remove(subscription.Version);
        var renewed = new Subscription(subscription.Filter, subscription.Options, ++_lastVersion, replacedVersion: 0) { State = SubscriptionState.Active };
        // Who still has the older one must not bring it back into the journal.
        subscription.State = SubscriptionState.Removing;
        Place(index, renewed);
        return renewed;
    }

    public bool Remove(Subscription subscription)
    {
        var index = IndexOf(subscription.Filter.Text);
        if (index < 0 || _items[index] != subscription) return false;
        _versions?.Remove(subscription.Version);
        _versions?.Remove(subscription.ReplacedVersion);
        _byFilter?.Remove(subscription.Filter.Text);
        Count--;
        if (subscription.Filter.IsShared) SharedCount--;
        _items[index] = _items[Count];
        _items[Count] = null!;
        if (index < Count && _byFilter is not null) _byFilter[_items[index].Filter.Text] = index;
        return true;
    }

    /// <summary>Forgets everything but the last version, so that a version never comes twice in one incarnation.</summary>
    public void Clear()
    {
        _items = [];
        Count = 0;
        SharedCount = 0;
        _byFilter = null;
        _versions = null;
    }

    /// <summary>True when a route with this version belongs to a subscription that is held (or is just being replaced).</summary>
    public bool Holds(uint version)
    {
        if (_versions is not null) return _versions.Contains(version);
        foreach (var item in Items)
        {
            if (item.Version == version || (item.ReplacedVersion == version && version != 0)) return true;
        }

        return false;
    }

    /// <summary>The version that the subscription of this version replaced; 0 for none. Linear.</summary>
    public uint ReplacedBy(uint version)
    {
        foreach (var item in Items)
        {
            if (item.Version == version) return item.ReplacedVersion;
        }

        return 0;
    }

    private void Place(int index, Subscription subscription)
    {
        if (index < 0)
        {
            if (Count == _items.Length) Array.Resize(ref _items, Math.Max(1, Count * 2));
            index = Count++;
            if (subscription.Filter.IsShared) SharedCount++;
        }
        else
        {
            _versions?.Remove(_items[index].ReplacedVersion);
        }

        _items[index] = subscription;
        if (Count > IndexedFrom && _byFilter is null)
        {
            BuildIndexes();
        }
        else if (_byFilter is not null)
        {
            _byFilter[subscription.Filter.Text] = index;
            _versions!.Add(subscription.Version);
        }
    }

    private void BuildIndexes()
    {
        _byFilter = new Dictionary<string, int>(StringComparer.Ordinal);
        _versions = [];
        for (var i = 0; i < Count; i++)
        {
            _byFilter[_items[i].Filter.Text] = i;
            _versions.Add(_items[i].Version);
            if (_items[i].ReplacedVersion != 0) _versions.Add(_items[i].ReplacedVersion);
        }
    }

    private int IndexOf(string filter)
    {
        if (_byFilter is not null) return _byFilter.TryGetValue(filter, out var found) ? found : -1;
        for (var i = 0; i < Count; i++)
        {
            if (string.Equals(_items[i].Filter.Text, filter, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
