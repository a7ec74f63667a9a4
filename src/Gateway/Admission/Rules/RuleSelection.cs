using System.Buffers;

namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>
/// Selects the rules that apply to a connection. Connections of one kind have the same ones: they share a list, if it was among the last that were made.
/// On any thread: at worst two make the same list.
/// </summary>
internal sealed class RuleSelection(Rule[] all)
{
    private const int Remembered = 16;

    private readonly Rule[]?[] _remembered = new Rule[]?[Remembered];

    public Rule[] Of(ClientIdentity identity, string clientId, ClientNames names)
    {
        var chosen = ArrayPool<Rule>.Shared.Rent(all.Length);
        var count = 0;
        var hash = 0u;
        for (var i = 0; i < all.Length; i++)
        {
            if (!all[i].AppliesTo(identity, clientId, names))
                continue;
            chosen[count++] = all[i];
            hash = (hash * 31) + (uint)i + 1;
        }

        var list = count == all.Length ? all : Shared(chosen.AsSpan(0, count), hash);
        ArrayPool<Rule>.Shared.Return(chosen);
        return list;
    }

    private Rule[] Shared(ReadOnlySpan<Rule> chosen, uint hash)
    {
        ref var place = ref _remembered[hash % Remembered];
        var known = place;
        if (known is not null && IsSame(known, chosen))
            return known;
        var list = chosen.ToArray();
        place = list;
        return list;
    }

    private static bool IsSame(Rule[] known, ReadOnlySpan<Rule> chosen)
    {
        if (known.Length != chosen.Length)
            return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (!ReferenceEquals(known[i], chosen[i]))
                return false;
        }
        return true;
    }
}
