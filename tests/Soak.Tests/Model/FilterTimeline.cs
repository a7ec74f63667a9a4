namespace OrleansBroker.Soak.Tests.Model;

/// <summary>What a session held of one filter, from its first SUBSCRIBE on: each step is a SUBSCRIBE, an UNSUBSCRIBE or the session's end.</summary>
internal sealed class FilterTimeline(string text)
{
    private readonly List<Step> _steps = [];

    public string Text { get; } = text;

    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Of the newest step; null: not held.</summary>
    public Grant? Latest => _steps.Count == 0 ? null : _steps[^1].Grant;

    /// <summary>The newest step was answered.</summary>
    public bool IsLatestCertain => _steps.Count == 0 || _steps[^1].IsCertain;

    /// <param name="grant">What is held after the step; null for nothing.</param>
    /// <param name="isCertain">False when the answer never came: it may have happened or not.</param>
    public void Add(Window when, Grant? grant, bool isCertain = true) => _steps.Add(new Step(when, grant, isCertain));

    /// <summary>All that may have been held at some instant of the window; null among them: nothing.</summary>
    public void CollectHeld(Window window, List<Grant?> held)
    {
        // What may be held at the end of the steps looked at so far; few, so a list is a set.
        held.Clear();
        held.Add(null);
        var isInWindow = false;
        foreach (var step in _steps)
        {
            if (step.When.Begin > window.End)
                break;
            isInWindow |= !step.When.IsBefore(window);
            if (!isInWindow && step.IsCertain)
                held.Clear();
            if (!held.Contains(step.Grant))
                held.Add(step.Grant);
        }
    }

    /// <summary>The steps before the window were all answered.</summary>
    internal readonly record struct Step(Window When, Grant? Grant, bool IsCertain);
}
