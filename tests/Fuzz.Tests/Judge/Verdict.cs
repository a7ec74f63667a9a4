namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>What the judge says about the packet at the start of some bytes.</summary>
/// <param name="IsWhole">False: the bytes end before the packet does, and nothing is wrong so far.</param>
/// <param name="Length">Bytes of the whole packet, as far as they are known.</param>
/// <param name="Must">Faults for which it must be refused.</param>
/// <param name="May">Faults for which it may be refused or accepted: the standard leaves it open.</param>
/// <param name="Version">After a CONNECT: what it speaks.</param>
internal readonly record struct Verdict(bool IsWhole, int Length, Faults Must, Faults May, int Version)
{
    public bool MayAccept => Must == Faults.None;

    public bool MayRefuseWith(Faults fault) => ((Must | May) & fault) != 0;
}
