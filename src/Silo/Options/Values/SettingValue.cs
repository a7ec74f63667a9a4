namespace OrleansBroker.Silo.Options.Values;

/// <summary>How the text of one option becomes its value and back.</summary>
internal abstract class SettingValue
{
    /// <summary>What it accepts, to follow the word "accepts".</summary>
    public abstract string Accepts { get; }

    /// <summary>Unit of the value; empty where it has none.</summary>
    public virtual string Unit => "";

    /// <summary>True when messages must not repeat the value.</summary>
    public virtual bool Secret => false;

    /// <summary>False when the text is not what <see cref="Accepts"/> says.</summary>
    public abstract bool TryParse(string text, out object? value);

    /// <summary>Text that reads back as the same value; empty for none.</summary>
    public abstract string Format(object? value);
}
