using System.Text;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// How much a session belongs on a node; of several nodes it belongs on that of the highest (rendezvous hashing): when a node comes it takes its share from all others. All nodes
/// of a cluster must agree, those of another version too: the rule never changes.
/// </summary>
public static class NodeAffinity
{
    /// <summary>XXH64 of a client id or of a node's name, in UTF-8.</summary>
    public static ulong HashOf(string name)
    {
        Span<byte> scratch = stackalloc byte[256];
        var bytes = Encoding.UTF8.GetByteCount(name) <= scratch.Length ? scratch[..Encoding.UTF8.GetBytes(name, scratch)] : Encoding.UTF8.GetBytes(name);
        return XxHash64.Hash(bytes);
    }

    /// <summary>Mixes two hashes as SplitMix64 ends: every bit of both moves every bit of the answer.</summary>
    public static ulong Of(ulong client, ulong node)
    {
        var mixed = client ^ node;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
