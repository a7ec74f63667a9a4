namespace OrleansBroker.Soak.Tests.Model;

/// <summary>
/// Copies on the left, reasons to have one on the right. Every copy needs a reason of its own and every required reason a copy of its
/// own; each of the two can be looked at alone, since a matching that covers both exists when one for each does (Mendelsohn and Dulmage).
/// </summary>
internal sealed class Matching(int left, int right)
{
    private readonly List<int>[] _rights = [.. Enumerable.Range(0, left).Select(_ => new List<int>())];
    private readonly List<int>[] _lefts = [.. Enumerable.Range(0, right).Select(_ => new List<int>())];

    public void Connect(int leftIndex, int rightIndex)
    {
        _rights[leftIndex].Add(rightIndex);
        _lefts[rightIndex].Add(leftIndex);
    }

    /// <summary>Of those on the left, the ones that cannot all have a partner.</summary>
    public IReadOnlyList<int> UncoveredLefts() => Uncovered(_rights, _lefts.Length, Enumerable.Range(0, _rights.Length));

    /// <summary>The same for these on the right.</summary>
    public IReadOnlyList<int> UncoveredRights(IEnumerable<int> required) => Uncovered(_lefts, _rights.Length, required);

    private static List<int> Uncovered(List<int>[] edges, int others, IEnumerable<int> wanted)
    {
        var partner = new int[others];
        Array.Fill(partner, -1);
        return [.. wanted.Where(index => !TryPlace(index, edges, partner, new bool[others])).ToList()];
    }

    private static bool TryPlace(int index, List<int>[] edges, int[] partner, bool[] visited)
    {
        foreach (var other in edges[index])
        {
            if (visited[other])
                continue;
            visited[other] = true;
            if (partner[other] >= 0 && !TryPlace(partner[other], edges, partner, visited))
                continue;
            partner[other] = index;
            return true;
        }

        return false;
    }
}
