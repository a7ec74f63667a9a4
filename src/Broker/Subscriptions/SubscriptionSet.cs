using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>
/// The subscriptions of one session, by filter; the authority that routes are checked against. Most sessions hold a
/// few, so a scan serves until <see cref="IndexedFrom"/>, and nothing is allocated for the first. A field of its session, not to be copied.
/// </summary>
public struct SubscriptionSet
{
    /// <summary>Above this many a scan of the array costs more than two hash look-ups (about 8 × 1 ns against 10 ns).</summary>
    private const int IndexedFrom = 8;

    private OneOrMore<Subscription> _items;
    private Dictionary<string, int>? _byFilter;
    private Dictionary<uint, int>? _versions;
    private uint _lastVersion;

    public readonly int Count => _items.Count;

    /// <summary>The highest that was ever given; 0 for none.</summary>
    public readonly uint LastVersion => _lastVersion;

    /// <summary>Shared ones among <see cref="Count"/>.</summary>
    public int SharedCount { get; private set; }

    [UnscopedRef]
    public readonly ReadOnlySpan<Subscription> Items => _items.Items;

    public readonly bool TryGet(TopicFilter filter, [NotNullWhen(true)] out Subscription? subscription)
    {
        var index = IndexOf(filter);
        subscription = index < 0 ? null : _items[index];
        return subscription is not null;
    }

    /// <summary>Adds the subscription, or replaces the one with the same filter [MQTT5-3.8.4-3] [MQTT311-3.8.4-3].</summary>
    public Subscription Put(TopicFilter filter, SubscriptionOptions options)
    {
        var index = IndexOf(filter);
        var replaced = index < 0 ? null : _items[index];
        var subscription = new Subscription(filter, options, ++_lastVersion, replaced?.Version ?? 0) { Renews = replaced is { IsAnswered: true } or { Renews: true } };
        Place(index, subscription);
        return subscription;
    }

    /// <summary>Puts back a subscription as it was recorded; of several with one filter the newest stays.</summary>
    /// <returns>The older one of the same filter, which is not held; null for none.</returns>
    public Subscription? Restore(Subscription subscription)
    {
        _lastVersion = Math.Max(_lastVersion, subscription.Version);
        var index = IndexOf(subscription.Filter);
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
        var index = IndexOf(subscription.Filter);
        _versions?.Remove(subscription.Version);
        var renewed = new Subscription(subscription.Filter, subscription.Options, ++_lastVersion, replacedVersion: 0)
        {
            Renews = subscription.Renews,
            State = SubscriptionState.Active,
            IsAnswered = subscription.IsAnswered,
        };
        // Who still has the older one must not bring it back into the journal.
        subscription.State = SubscriptionState.Removing;
        Place(index, renewed);
        return renewed;
    }

    public bool Remove(Subscription subscription)
    {
        var index = IndexOf(subscription.Filter);
        if (index < 0 || _items[index] != subscription) return false;
        _versions?.Remove(subscription.Version);
        _versions?.Remove(subscription.ReplacedVersion);
        _byFilter?.Remove(subscription.Filter.Text);
        if (subscription.Filter.IsShared) SharedCount--;
        _items.RemoveAt(index);
        if (index < Count && _byFilter is not null) NoteMoved(index);
        return true;
    }

    /// <summary>Forgets everything but the last version, so that a version never comes twice in one incarnation.</summary>
    public void Clear()
    {
        _items.Clear();
        SharedCount = 0;
        _byFilter = null;
        _versions = null;
    }

    /// <summary>True when a route with this version belongs to a subscription that is held (or is just being replaced).</summary>
    public readonly bool Holds(uint version) => _versions is null ? Of(version) is not null : _versions.ContainsKey(version);

    /// <summary>The subscription that a route with this version belongs to, as in <see cref="Holds"/>; null for none.</summary>
    public readonly Subscription? Of(uint version)
    {
        if (_versions is not null) return _versions.TryGetValue(version, out var index) ? _items[index] : null;
        foreach (var item in Items)
        {
            if (item.Version == version || (item.ReplacedVersion == version && version != 0)) return item;
        }

        return null;
    }

    private void Place(int index, Subscription subscription)
    {
        if (index < 0)
        {
            index = Count;
            _items.Add(subscription);
            if (subscription.Filter.IsShared) SharedCount++;
        }
        else
        {
            _versions?.Remove(_items[index].ReplacedVersion);
            _items[index] = subscription;
        }

        if (Count > IndexedFrom && _byFilter is null)
        {
            BuildIndexes();
        }
        else if (_byFilter is not null)
        {
            _byFilter[subscription.Filter.Text] = index;
            _versions![subscription.Version] = index;
        }
    }

    private void BuildIndexes()
    {
        _byFilter = new Dictionary<string, int>(StringComparer.Ordinal);
        _versions = [];
        for (var i = 0; i < Count; i++)
        {
            _byFilter[_items[i].Filter.Text] = i;
            _versions[_items[i].Version] = i;
            if (_items[i].ReplacedVersion != 0) _versions[_items[i].ReplacedVersion] = i;
        }
    }

    /// <summary>The last item has taken the place of a removed one.</summary>
    private readonly void NoteMoved(int index)
    {
        var moved = _items[index];
        _byFilter![moved.Filter.Text] = index;
        _versions![moved.Version] = index;
        if (_versions.ContainsKey(moved.ReplacedVersion)) _versions[moved.ReplacedVersion] = index;
    }

    private readonly int IndexOf(TopicFilter filter)
    {
        if (_byFilter is not null) return _byFilter.TryGetValue(filter.Text, out var found) ? found : -1;
        var items = Items;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Filter.Equals(filter)) return i;
        }

        return -1;
    }
}
