namespace OrleansBroker.Storage.Journals;

/// <summary>What is fixed when a store's data are created; with another one they would not be found.</summary>
/// <param name="BucketCount">Buckets of the due index, 1 or more.</param>
/// <param name="Settings">What else of the options decides where data are, as its owner writes it; empty for nothing.</param>
public sealed record StoreLayout(int BucketCount = 64, string Settings = "")
{
    /// <summary>As it is stored.</summary>
    public string Text => Settings.Length == 0 ? $"{BucketCount} buckets" : $"{BucketCount} buckets ({Settings})";

    /// <param name="store">As in "The store at 'x'".</param>
    /// <param name="found">The text of the layout with which it was created.</param>
    /// <exception cref="StoreRefusedException">It is another.</exception>
    public void Check(string store, string found)
    {
        if (found != Text) throw new StoreRefusedException($"{store} was created with {found}, and this program was to use {Text}. Start it with the former, or with another store.");
    }
}
