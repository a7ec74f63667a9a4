namespace OrleansBroker.Grains.Presence;

/// <summary>One core as a feed reads it.</summary>
/// <param name="told">Where a feed goes on that has told what this one has.</param>
internal sealed class FeedSource(SiloAddress node, long told)
{
    /// <summary>Events that are held; more are read when some have been told.</summary>
    public const int MaxHeld = 1_000;

    private readonly List<HeldEvent> _held = [];
    private int _told;

    public SiloAddress Node => node;

    public long Told { get; private set; } = told;

    /// <summary>Where the next page begins.</summary>
    public long Next { get; private set; } = told;

    public IReadOnlyList<HeldEvent> Held => _held;

    /// <summary>Of what is held; a clock may have been set back.</summary>
    public long LatestAt => _held.Count == 0 ? 0 : _held.Max(static held => held.At);

    /// <summary>As far as is known there is nothing behind what is held.</summary>
    public bool IsCurrent { get; private set; } = true;

    /// <summary>The node is gone: there will be no more.</summary>
    public bool IsGone { get; private set; }

    public bool WantsMore => !IsGone && _held.Count < MaxHeld;

    /// <summary>Until there is more, or some time is over; null when nobody waits.</summary>
    public Task? News { get; set; }

    public void Add(PresencePage page)
    {
        if (Next == FeedPosition.Unknown) Miss(null, page.Next);
        else if (page.Lost > 0) Miss(page.Lost, Next + page.Lost);
        for (var i = 0; i < page.Events.Length; i++) _held.Add(new HeldEvent(page.Events[i], page.Positions[i] + 1));
        Next = page.Next;
        IsCurrent = page.IsCurrent;
    }

    /// <summary>It does not answer, or is not asked as it has enough to tell.</summary>
    /// <param name="isCurrent">The others do not wait for it.</param>
    public void NotRead(bool isCurrent) => IsCurrent = isCurrent;

    public void Gone()
    {
        if (IsGone) return;
        IsGone = IsCurrent = true;
        Miss(null, Next);
    }

    /// <summary>The next of what is held, which counts as told from now on.</summary>
    public HeldEvent Tell()
    {
        var held = _held[_told++];
        Told = held.Next;
        return held;
    }

    /// <summary>What has been told is held no more.</summary>
    public void Forget()
    {
        _held.RemoveRange(0, _told);
        _told = 0;
        // What nobody wants counts as told.
        if (_held.Count == 0) Told = Next;
    }

    /// <summary>All is told, and there will be nothing more.</summary>
    public bool IsOver => IsGone && _told == _held.Count;

    private void Miss(long? lost, long next) => _held.Add(new HeldEvent(null, next, new PresenceGap(node, lost)));
}
