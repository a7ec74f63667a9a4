using System.Runtime.CompilerServices;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>Matches that came lately: a session's next message is mostly brought by the same routes. Of matches that meet in a place the later one stays. For one thread at a time.</summary>
internal sealed class MatchMemory
{
    private const int Places = 1_024;

    private readonly (byte[] Bytes, RouteMatch Match)[] _matches = new (byte[], RouteMatch)[Places];

    /// <returns>Null for bytes that are no match.</returns>
    public RouteMatch? Of(SessionRef session, ReadOnlySpan<byte> bytes)
    {
        ref var known = ref _matches[RuntimeHelpers.GetHashCode(session) % Places];
        if (known.Match is { } match && ReferenceEquals(match.Receiver, session) && bytes.SequenceEqual(known.Bytes)) return match;
        if (WiredMatch.Read(bytes, session) is not { } read) return null;
        known = (bytes.ToArray(), read);
        return read;
    }
}
